-- error "the error is a thread value"
error(coroutine.create(print))
