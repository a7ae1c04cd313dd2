-- budget
while true do select(2, pcall(function() for i = 1, 1e12 do end end)) end
