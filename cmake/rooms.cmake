# SPDX-License-Identifier: MIT
# qm_room(NAME [USES room...] [LIBS library...]): a static library of core/NAME/**.c
function(qm_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/${name}/*.c)
  if(NOT sources) # a room that is still to be built
    message(WARNING "room ${name} is empty")
    add_library(qm_${name} INTERFACE)
    return()
  endif()
  add_library(qm_${name} STATIC ${sources})
  target_link_libraries(qm_${name} PRIVATE qm_flags)
  foreach(lib ${ROOM_LIBS})
    target_link_libraries(qm_${name} PRIVATE ${lib})
  endforeach()
  foreach(room ${ROOM_USES})
    target_link_libraries(qm_${name} PUBLIC qm_${room})
  endforeach()
endfunction()

# qm_embed_lua(TARGET DIR): all *.lua below DIR as one generated C table in TARGET (host/embedded.h)
function(qm_embed_lua target dir)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dir}/*.lua)
  set(out ${PROJECT_BINARY_DIR}/generated/embedded_lua.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir} -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
