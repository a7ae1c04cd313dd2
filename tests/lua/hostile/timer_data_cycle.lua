-- error "inside itself"
local t = {}
t.me = t
ctx:after(60, "nothing", t)
