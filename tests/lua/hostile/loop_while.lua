-- budget
while true do end
