-- budget
("a"):rep(200):gsub(("a*"):rep(80) .. "b", "")
