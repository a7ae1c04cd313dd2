-- stopped
while true do ctx:buy { "SPY", qty = 1 } end
