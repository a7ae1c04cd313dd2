-- budget
while true do xpcall(error, function(e) error(e) end) end
