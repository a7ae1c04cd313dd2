-- error "binary"
assert(load("\27Lua"))
