-- error "the error is a function value"
error(print)
