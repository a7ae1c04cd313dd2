-- fine
ctx:after(60, "nothing")
ctx:after(60, "nothing", { 1 })
ctx:every(60, "nothing", nil)
