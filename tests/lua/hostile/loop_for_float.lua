-- budget
for x = 0, math.huge do end
