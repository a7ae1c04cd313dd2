-- error "invalid"
("%100000000d"):format(1)
