-- error "the error is a table value"
error(setmetatable({}, { __name = "mine" }))
