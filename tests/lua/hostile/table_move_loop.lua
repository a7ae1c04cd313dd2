-- budget
while true do table.move({}, 1, 1 << 24, 2) end
