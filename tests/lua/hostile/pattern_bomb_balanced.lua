-- budget
("("):rep(1000000):gsub("%b()", "")
