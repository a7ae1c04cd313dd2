-- error "the error is a table value"
error({})
