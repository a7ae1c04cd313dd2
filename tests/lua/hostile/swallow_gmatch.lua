-- budget
while true do for _ in ("x"):gmatch "" do pcall(function() while true do end end) end end
