-- error "no module name"
require "/etc/passwd"
