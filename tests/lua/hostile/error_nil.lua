-- error "nil"
error()
