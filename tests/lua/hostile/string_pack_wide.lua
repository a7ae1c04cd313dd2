-- error "wider than"
string.pack("c2000000000", "")
