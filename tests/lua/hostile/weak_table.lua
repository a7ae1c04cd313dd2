-- error "weak tables are not allowed"
setmetatable({}, { __mode = "k" })
