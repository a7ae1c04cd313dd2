-- budget
("a"):rep(200):find(("a*"):rep(80) .. "b")
