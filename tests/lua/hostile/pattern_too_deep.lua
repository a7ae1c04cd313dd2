-- error "too complex"
("a"):rep(10000):find(("a?"):rep(10000))
