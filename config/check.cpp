#include "config/check.hpp"

#include "config/base_url.hpp"
#include "config/endpoint.hpp"
#include "config/load.hpp"

#include <ostream>

namespace troupe::config {
namespace {

void print_provider(std::ostream& out, const provider_settings& p) {
  out << "  provider  " << p.name << ": " << name_of(p.protocol) << " at "
      << print(p.base_url) << ", " << p.keys.size()
      << (p.keys.size() == 1 ? " key\n" : " keys\n");
}

void print_model(std::ostream& out, const model_settings& m) {
  out << "  model     " << m.name << ":";
  for (const auto& t : m.targets)
    out << ' ' << t.provider << '/' << t.model;
  out << '\n';
}

void print_summary(std::ostream& out, const settings& s) {
  out << "  listen    " << (s.http.tls ? "https://" : "http://")
      << print(s.http.listen) << '\n';
  if (s.providers.empty())
    out << "  provider  none: the built-in simulator answers\n";
  for (const auto& p : s.providers)
    print_provider(out, *p);
  for (const auto& m : s.models)
    print_model(out, m);
}

}  // namespace

int check(const std::filesystem::path& file, const environment& env,
          std::ostream& out, std::ostream& err) {
  const auto loaded = load_file(file, env);
  for (const fault& f : loaded.faults)
    err << f << '\n';
  if (!loaded)
    return 1;
  out << file.string() << ": ok\n";
  print_summary(out, loaded.settings);
  return 0;
}

}  // namespace troupe::config
