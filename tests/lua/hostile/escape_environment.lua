-- fine
local env = load("return _ENV")()
assert(env.io == nil and env.debug == nil)
