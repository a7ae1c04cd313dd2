-- error "__gc is not allowed"
setmetatable({}, { __gc = false })
