-- error "longer than"
("x"):rep(1 << 40)
