-- stopped
while true do load(("x=1 "):rep(2000000)) end
