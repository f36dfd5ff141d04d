#include "ending_signals.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace highwater {
namespace {

struct Ending {
  int signal;
  const char* name;
  bool is_watched = false;
  struct sigaction before {};
  // The kernel's id. By system calls: the functions are in librt before glibc
  // 2.34, and of another version from there on.
  int timer = -1;
};

std::array<Ending, 3> endings = {{
    {SIGTERM, "SIGTERM"},
    {SIGINT, "SIGINT"},
    {SIGHUP, "SIGHUP"},
}};

// Lock-free: a signal handler uses them.
std::atomic<int> told_signal{0};
std::atomic<void (*)()> teller{nullptr};
struct itimerspec patience {};
static_assert(std::atomic<void (*)()>::is_always_lock_free);

Ending* Find(int signal) {
  for (Ending& ending : endings) {
    if (ending.signal == signal) return &ending;
  }
  return nullptr;
}

void OnSignal(int signal) {
  const int error = errno;
  const Ending* ending = Find(signal);
  // First: whatever comes next, the signal ends the process.
  sigaction(signal, &ending->before, nullptr);
  syscall(SYS_timer_settime, ending->timer, 0, &patience, nullptr);
  told_signal.store(signal);
  if (auto* const told = teller.load()) told();
  errno = error;
}

// A program that has ended by the signal was to have its default, or Node's
// handler, which passes it on to the default.
bool IsOurs(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == OnSignal;
}

void Watch(Ending& ending) {
  if (ending.is_watched) return;
  if (sigaction(ending.signal, nullptr, &ending.before) != 0) return;
  const bool is_ignored = (ending.before.sa_flags & SA_SIGINFO) == 0 &&
                          ending.before.sa_handler == SIG_IGN;
  if (is_ignored) return;
  struct sigevent event {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = ending.signal;
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &ending.timer) != 0) {
    return;
  }
  struct sigaction action {};
  action.sa_handler = OnSignal;
  // What is under way when the signal comes goes on as if nothing had.
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  ending.is_watched = sigaction(ending.signal, &action, nullptr) == 0;
}

}  // namespace

void WatchEndingSignals(void (*told)(), double patience_ms) {
  const auto whole_ms = static_cast<long>(patience_ms);
  patience.it_value.tv_sec = whole_ms / 1'000;
  patience.it_value.tv_nsec = (whole_ms % 1'000) * 1'000'000;
  teller.store(told);
  for (Ending& ending : endings) Watch(ending);
}

void UnwatchEndingSignals() {
  for (Ending& ending : endings) {
    if (!ending.is_watched) continue;
    ending.is_watched = false;
    struct sigaction now {};
    if (sigaction(ending.signal, nullptr, &now) == 0 && IsOurs(now)) {
      sigaction(ending.signal, &ending.before, nullptr);
    }
    // A signal that was told of must still end the process.
    if (told_signal.load() != ending.signal) {
      syscall(SYS_timer_delete, ending.timer);
    }
  }
  teller.store(nullptr);
}

int ToldSignal() { return told_signal.load(); }

const char* NameOfSignal(int signal) {
  const Ending* ending = Find(signal);
  return ending == nullptr ? "" : ending->name;
}

// On this thread: nothing more runs on it.
void EndBySignal(int signal) { raise(signal); }

}  // namespace highwater
