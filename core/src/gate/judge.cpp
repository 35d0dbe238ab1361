#include "judge.hpp"

#include <algorithm>

#include "next_change.hpp"

namespace plangate {
namespace {

// as_of + duration, or never.
TimeMs moment_after(TimeMs as_of, TimeMs duration) {
  return duration == kNever ? kNever : clamp_time(as_of) + duration;
}

TimeMs stale_at(const Core& core, const HeldSnapshot& snapshot) {
  return moment_after(snapshot.as_of, core.options.stale_after);
}

TimeMs expires_at(const Core& core, const HeldSnapshot& snapshot) {
  return moment_after(snapshot.as_of, core.options.expire_after);
}

bool has_come(TimeMs moment, TimeMs now) { return moment != kNever && moment <= now; }

// The earlier of two moments, of those that are still to come.
TimeMs earlier_to_come(TimeMs moment, TimeMs than, TimeMs now) { return moment > now ? std::min(moment, than) : than; }

bool is_kept(const Core& core, NameId key) {
  const PlainFeature* feature = find_feature(core.options.on_expired, key);
  return feature != nullptr && feature->allowed;
}

Judgement plain(const PlainFeature& feature, Reason reason) {
  Judgement judgement;
  judgement.verdict.reason = reason;
  judgement.verdict.allowed = feature.allowed;
  judgement.config = feature.config;
  return judgement;
}

// Defaults stand for rows that name no product: a question about one product is not theirs.
Judgement without_snapshot(const Core& core, const Question& question) {
  const PlainFeature* feature = question.filter.all ? find_feature(core.options.defaults, question.key) : nullptr;
  Judgement judgement = feature != nullptr ? plain(*feature, Reason::DEFAULT) : Judgement{};
  judgement.fallback = feature != nullptr;
  if (feature == nullptr) {
    judgement.verdict.reason = Reason::NOT_READY;
  }
  return judgement;
}

}  // namespace

Question ask(const HeldSnapshot* snapshot, NameId key, TimeMs now) {
  Question question;
  question.snapshot = snapshot;
  question.key = key;
  question.now = now;
  if (question.snapshot != nullptr && key != kNoName) {
    question.rows = question.snapshot->rows_of(key);
  }
  return question;
}

Judgement judge(const Core& core, const Question& question) {
  if (const PlainFeature* feature = find_feature(core.options.overrides, question.key)) {
    return plain(*feature, Reason::OVERRIDE);
  }
  if (question.snapshot == nullptr) {
    return without_snapshot(core, question);
  }
  Judgement judgement;
  judgement.stale = has_come(stale_at(core, *question.snapshot), question.now);
  if (has_come(expires_at(core, *question.snapshot), question.now) && !is_kept(core, question.key)) {
    judgement.verdict.reason = Reason::SNAPSHOT_EXPIRED;
  } else {
    judgement.from_rows = true;
    evaluate(question.rows, question.filter, question.now, judgement.verdict);
  }
  return judgement;
}

TimeMs next_aging(const Core& core, const HeldSnapshot* snapshot, TimeMs now) {
  if (snapshot == nullptr) {
    return kNever;
  }
  return earlier_to_come(stale_at(core, *snapshot), earlier_to_come(expires_at(core, *snapshot), kNever, now), now);
}

TimeMs valid_until(const Core& core, const Question& question, const Judgement& judgement) {
  if (question.snapshot == nullptr || judgement.verdict.reason == Reason::OVERRIDE) {
    return kNever;
  }
  TimeMs until = earlier_to_come(stale_at(core, *question.snapshot), kNever, question.now);
  if (!is_kept(core, question.key)) {
    until = earlier_to_come(expires_at(core, *question.snapshot), until, question.now);
  }
  if (judgement.from_rows) {
    until = std::min(until, next_change(question.rows, question.filter, judgement.verdict, question.now));
  }
  return until;
}

}  // namespace plangate
