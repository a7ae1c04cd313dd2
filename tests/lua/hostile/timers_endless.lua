-- stopped
while true do ctx:after(3600, "nothing") end
