-- error 2000 "string slice too long"
return ("x"):rep(1 << 24):byte(1, -1)
