//! Decision support as one looks at it: which rules a provider has and how they are heeded here, and what a patient has had
//! ordered before.

use std::collections::{BTreeMap, HashSet};

use jiff::ToSpan as _;
use requisition::catalogue::model::{Severity, Text};
use requisition::composing::draft::Draft;
use requisition::composing::{Context, last_ordered_of, own_rule_names};
use requisition::store::RuleReason;

use super::drafts::parse_id;
use super::{Answer, Controller, now};
use crate::error::{CommandError, ErrorCode};
use crate::views::{OrderedBefore, RuleUse, RuleUses};

/// Months that rules are counted over.
const MONTHS: i32 = 12;

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
        let catalogue = in_use.by_id.get(&provider).ok_or_else(|| CommandError::new(ErrorCode::NotFound))?.catalogue();
        let since = now().checked_sub(MONTHS.months()).map_err(|error| CommandError::internal(&error))?;
        let counts = here.store.rule_counts(since.timestamp())?;
        let mut reasons: BTreeMap<String, Vec<RuleReason>> = BTreeMap::new();
        for reason in here.store.rule_reasons(since.timestamp())? {
            if reason.provider == provider {
                reasons.entry(reason.rule.clone()).or_default().push(reason);
            }
        }
        let counted = |rule: &str| {
            let known = counts.iter().find(|count| count.provider == provider && count.rule == rule);
            known.map_or((0, 0), |count| (count.shown, count.overridden))
        };
        let mut given = |rule: &str, wording: &dyn Fn(&str) -> Option<Text>| -> Vec<(Text, u32)> {
            let given = reasons.remove(rule).unwrap_or_default().into_iter();
            let plain = |value: &str| Text { nb: value.into(), nn: value.into(), en: value.into() };
            given.map(|one| (wording(&one.reason).unwrap_or_else(|| plain(&one.reason)), one.times)).collect()
        };
        let own = |value: &str| {
            requisition::composing::own_reasons().into_iter().find(|one| one.value == value).map(|one| one.text)
        };
        let mut rules: Vec<RuleUse> = Vec::new();
        for rule in &catalogue.rules {
            let named = |value: &str| {
                let known = rule.override_reasons.iter().find(|reason| reason.value == value);
                known.map(|reason| reason.text.clone()).or_else(|| own(value))
            };
            let (shown, overridden) = counted(&rule.id);
            rules.push(RuleUse {
                rule: rule.id.clone(),
                severity: rule.severity,
                text: Some(rule.text.clone()),
                source: in_use.catalogues.source_title(&provider, &rule.source).map(str::to_owned),
                checked: Some(rule.checked.clone()),
                shown,
                overridden,
                reasons: given(&rule.id, &named),
            });
        }
        for name in own_rule_names() {
            let (shown, overridden) = counted(name);
            if shown > 0 {
                let reasons = given(name, &own);
                let (rule, severity) = (name.to_owned(), Severity::Warn);
                rules.push(RuleUse {
                    rule,
                    severity,
                    text: None,
                    source: None,
                    checked: None,
                    shown,
                    overridden,
                    reasons,
                });
            }
        }
        rules.sort_by_key(|rule| std::cmp::Reverse((rule.overridden, rule.shown)));
        Ok(RuleUses { since: since.date().to_string(), rules })
    }
}
