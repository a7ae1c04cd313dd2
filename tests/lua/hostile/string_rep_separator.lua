-- error "longer than"
(""):rep(1 << 40, "x")
