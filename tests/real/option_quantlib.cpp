// SPDX-License-Identifier: MIT
// Random options and what QuantLib gives for them: option_quantlib european|american COUNT SEED, as CSV.
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/vanilla/qdfpamericanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

using namespace QuantLib;

struct Case {
    double spot, strike, rate, div, vol;
    int days;
    bool call;
};

static void print_european(const Case &c) {
    double years = c.days / 365.0, deviation = c.vol * std::sqrt(years);
    double discount = std::exp(-c.rate * years), growth = std::exp((c.rate - c.div) * years);
    BlackCalculator black(c.call ? Option::Call : Option::Put, c.strike, c.spot * growth, deviation, discount);
    std::printf("%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", black.value(), black.delta(c.spot), black.gamma(c.spot),
                black.vega(years), black.theta(c.spot, years) / 365, black.rho(years));
}

static void print_american(const Case &c) {
    Date today(2, January, 2024);
    Settings::instance().evaluationDate() = today;
    Actual365Fixed count;
    auto process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(ext::make_shared<SimpleQuote>(c.spot)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, c.div, count)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, c.rate, count)),
        Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, NullCalendar(), c.vol, count)));
    VanillaOption option(ext::make_shared<PlainVanillaPayoff>(c.call ? Option::Call : Option::Put, c.strike),
                         ext::make_shared<AmericanExercise>(today, today + c.days));
    option.setPricingEngine(
        ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::highPrecisionScheme()));
    std::printf("%.17g\n", option.NPV());
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 64;
    }
    bool american = std::strcmp(argv[1], "american") == 0;
    std::mt19937_64 generator(std::strtoull(argv[3], nullptr, 10));
    auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(generator); };
    std::printf("spot,strike,days,rate,div,vol,right,%s\n",
                american ? "ql_price" : "ql_price,ql_delta,ql_gamma,ql_vega,ql_theta,ql_rho");
    for (int i = 0, n = std::atoi(argv[2]); i < n; i++) {
        double low = american ? 0.001 : -0.03;
        Case c = {100, 100 * std::exp(between(-0.6, 0.6)), between(low, 0.1), between(low, 0.1),
                  between(0.05, 1), (int)between(1, american ? 900 : 3650), between(0, 1) < 0.5};
        std::printf("%.17g,%.17g,%d,%.17g,%.17g,%.17g,%s,", c.spot, c.strike, c.days, c.rate, c.div, c.vol,
                    c.call ? "call" : "put");
        american ? print_american(c) : print_european(c);
    }
    return 0;
}
