-- error "must return a string"
error(setmetatable({}, { __tostring = function() return {} end }))
