-- budget
("x "):rep(500000):find((".-%f[%w]"):rep(50) .. "!")
