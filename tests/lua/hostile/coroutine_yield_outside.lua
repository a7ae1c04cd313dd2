-- error "outside a coroutine"
coroutine.yield()
