-- budget
for _ in ("a"):rep(200):gmatch(("a*"):rep(80) .. "b") do end
