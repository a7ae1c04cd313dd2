-- budget
("ab"):rep(20000):find "(.+)%1c"
