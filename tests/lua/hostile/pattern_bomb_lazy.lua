-- budget
("a"):rep(300):match((".-"):rep(100) .. "b")
