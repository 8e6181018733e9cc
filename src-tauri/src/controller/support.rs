//! Decision support as one looks at it: which rules a provider has and how they are heeded here, and what a patient has had
//! ordered before.

use std::collections::HashSet;

use jiff::ToSpan as _;
use requisition::catalogue::model::{AnswerOption, Severity, Text};
use requisition::composing::draft::Draft;
use requisition::composing::{Context, last_ordered_of, own_reasons, own_rule_names};
use requisition::store::{RuleCount, RuleReason};

use super::drafts::parse_id;
use super::{Answer, Controller, now};
use crate::error::{CommandError, ErrorCode};
use crate::views::{OrderedBefore, RuleUse, RuleUses};

/// Months that rules are counted over.
const MONTHS: i32 = 12;
/// Services named for a rule.
const NAMED: usize = 3;

impl Controller {
    /// What has been ordered for the patient of a draft on this workstation before, by service. Asked once for a draft, so
    /// that a keystroke reads no history.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn ordered_before(&self, draft: String) -> Answer<Vec<OrderedBefore>> {
        let here = self.here()?;
        let draft = here.store.draft::<Draft>(parse_id(&draft)?)?.content;
        let history = here.history(&draft.patient)?;
        let at = now();
        let context = Context { today: at.date(), now: &at, history: &history };
        let in_use = here.shelf.in_use();
        let ids: HashSet<(&str, &str)> =
            history.iter().map(|past| (past.provider.as_str(), past.service.as_str())).collect();
        let codes: HashSet<&str> = history.iter().filter_map(|past| past.code.as_deref()).collect();
        let mut before = Vec::new();
        for (provider, indexed) in &in_use.by_id {
            for service in &indexed.catalogue().services {
                let by_code = service.code.code.as_deref().is_some_and(|code| codes.contains(code));
                if !by_code && !ids.contains(&(provider.as_str(), service.id.as_str())) {
                    continue;
                }
                if let Some(last) = last_ordered_of(provider, &service.id, &in_use.catalogues, &context) {
                    before.push(OrderedBefore { provider: provider.clone(), service: service.id.clone(), last });
                }
            }
        }
        Ok(before)
    }

    /// How often each rule of a provider was shown and gone against here during the last year, and with which reasons; the
    /// program's own rules that spoke for the provider among them.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn rule_uses(&self, provider: String) -> Answer<RuleUses> {
        let here = self.here()?;
        let in_use = here.shelf.in_use();
        let indexed = in_use.by_id.get(&provider).ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
        let since = now().checked_sub(MONTHS.months()).map_err(|error| CommandError::internal(&error))?;
        let mut counts = here.store.rule_counts(since.timestamp())?;
        counts.retain(|count| count.provider == provider);
        let mut reasons = here.store.rule_reasons(since.timestamp())?;
        reasons.retain(|reason| reason.provider == provider);
        let heeded = Heeded { counts, reasons };
        let of_provider = indexed.catalogue().rules.iter().map(|rule| {
            let names = rule.services.iter().filter_map(|id| Some(indexed.service(id)?.name.clone()));
            RuleUse {
                services: names.take(NAMED).collect(),
                more_services: u32::try_from(rule.services.len().saturating_sub(NAMED)).unwrap_or(u32::MAX),
                severity: rule.severity,
                text: Some(rule.text.clone()),
                source: in_use.catalogues.source_title(&provider, &rule.source).map(str::to_owned),
                checked: Some(rule.checked.clone()),
                ..heeded.rule(&rule.id, &rule.override_reasons)
            }
        });
        let own = own_rule_names().into_iter().map(|name| heeded.rule(name, &[])).filter(|rule| rule.shown > 0);
        let mut rules: Vec<RuleUse> = of_provider.chain(own).collect();
        rules.sort_by_key(|rule| std::cmp::Reverse((rule.overridden, rule.shown)));
        Ok(RuleUses { since: since.date().to_string(), rules })
    }
}

/// What was counted for one provider.
struct Heeded {
    counts: Vec<RuleCount>,
    reasons: Vec<RuleReason>,
}

impl Heeded {
    /// A rule with its counts, as one of the program's own; `offered` are the reasons that a catalogue's rule takes.
    fn rule(&self, rule: &str, offered: &[AnswerOption]) -> RuleUse {
        let known = self.counts.iter().find(|count| count.rule == rule);
        let wording = |value: &str| {
            let ours = own_reasons();
            let known = offered.iter().chain(&ours).find(|reason| reason.value == value);
            // A reason that the catalogue has dropped since is still one that was given.
            known.map_or_else(
                || Text { nb: value.into(), nn: value.into(), en: value.into() },
                |reason| reason.text.clone(),
            )
        };
        let given = self.reasons.iter().filter(|reason| reason.rule == rule);
        RuleUse {
            rule: rule.to_owned(),
            services: Vec::new(),
            more_services: 0,
            severity: Severity::Warn,
            text: None,
            source: None,
            checked: None,
            shown: known.map_or(0, |count| count.shown),
            overridden: known.map_or(0, |count| count.overridden),
            reasons: given.map(|one| (wording(&one.reason), one.times)).collect(),
        }
    }
}
