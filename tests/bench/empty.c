/* SPDX-License-Identifier: MIT
 *
 * The reference of bench_start: a program that does nothing, linked with the libraries of qm.
 */
int main(void) {
    return 0;
}
