-- budget
while true do xpcall(function() while true do end end, pcall) end
