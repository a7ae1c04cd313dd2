# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: the program, the C library with its headers, what Lua needs, the manual page.
include(CMakePackageConfigHelpers)

# The public headers are carried by base and ta; one archive holds both.
add_library(quantmatrix STATIC $<TARGET_OBJECTS:qm_base> $<TARGET_OBJECTS:qm_ta>)
set_target_properties(quantmatrix PROPERTIES LINKER_LANGUAGE C)
target_include_directories(quantmatrix INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(quantmatrix INTERFACE m)
install(TARGETS quantmatrix EXPORT quantmatrix ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/quantmatrix DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/quantmatrix)
install(EXPORT quantmatrix NAMESPACE quantmatrix:: FILE quantmatrixTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/quantmatrixConfig.cmake.in ${PROJECT_BINARY_DIR}/quantmatrixConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/quantmatrixConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/quantmatrixConfig.cmake ${PROJECT_BINARY_DIR}/quantmatrixConfigVersion.cmake
        DESTINATION ${package_dir})
configure_file(cmake/quantmatrix.pc.in ${PROJECT_BINARY_DIR}/quantmatrix.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/quantmatrix.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(share ${CMAKE_INSTALL_DATADIR}/quantmatrix)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lua DESTINATION ${share} FILES_MATCHING PATTERN "*.lua")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/strategies DESTINATION ${share} FILES_MATCHING PATTERN "*.lua")
if(TARGET qm)
  target_compile_definitions(qm PRIVATE QM_SHARE="${CMAKE_INSTALL_FULL_DATADIR}/quantmatrix")
  install(TARGETS qm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${PROJECT_SOURCE_DIR}/docs/qm.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
