// Runs the vectors of a folder natively: plangate_vectors <folder>. Exit code 1 when one fails or none is found.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "billing_run.hpp"
#include "json.hpp"
#include "pages.hpp"
#include "test_run.hpp"

namespace {

using spec::Json;

struct Tally {
  int passed = 0;
  int failed = 0;
};

// Every *.json of the folder that begins with a digit, in order of name: a new file needs no code.
std::vector<std::filesystem::path> vector_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".json" && name[0] >= '0' && name[0] <= '9') {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Json read_json(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return Json::parse(in);
}

// What is wrong, or "" when the test passes in every order of its rows that it asks for.
std::string failure_of(const Json& test, spec::Pages& pages) {
  const std::size_t turns = test.value("anyOrder", false) ? spec::row_orders(test) : 1;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    try {
      Json turned = test;
      if (turn > 0) {
        spec::reorder_rows(turned, turn);
      }
      spec::TestRun(pages).run(turned);
    } catch (const spec::TestRun::Failure& failure) {
      return failure.what + (turn == 0 ? "" : "\n      with the rows in order " + std::to_string(turn));
    } catch (const std::exception& error) {
      return std::string("the vector cannot be run: ") + error.what();
    }
  }
  return {};
}

// The same of a test of the billing ledger. What tests begin with is in setups.json beside the vectors.
std::string billing_failure_of(const Json& test, const std::filesystem::path& folder) {
  static const Json setups = read_json(folder / "setups.json").at("setups");
  try {
    spec::BillingRun(setups).run(test);
  } catch (const spec::BillingRun::Failure& failure) {
    return failure.what;
  } catch (const std::exception& error) {
    return std::string("the vector cannot be run: ") + error.what();
  }
  return {};
}

void run_file(const std::filesystem::path& path, Tally& tally) {
  const Json file = read_json(path);
  const bool billing = file.value("subject", "") == "billing";
  spec::Pages pages(path.parent_path().string());
  for (const Json& test : file.at("tests")) {
    const std::string wrong = billing ? billing_failure_of(test, path.parent_path()) : failure_of(test, pages);
    if (wrong.empty()) {
      ++tally.passed;
      continue;
    }
    ++tally.failed;
    std::cout << "FAIL " << path.filename().string() << ": " << test.at("name").get<std::string>() << "\n      "
              << wrong << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: plangate_vectors <folder>\n";
    return 2;
  }
  Tally tally;
  try {
    for (const auto& path : vector_files(argv[1])) {
      run_file(path, tally);
    }
  } catch (const std::exception& error) {
    std::cout << "FAIL " << error.what() << '\n';
    ++tally.failed;
  }
  std::cout << tally.passed << " passed, " << tally.failed << " failed\n";
  return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
