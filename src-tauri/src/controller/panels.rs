//! Panels and favourites of the office: what is shown, saved, shared and handed over. What a panel is and how it stands is
//! the core's; here is whose it is.
//!
//! A person sees the office's and their own. When somebody is taken off the list of people, their own panels and
//! favourites stay, and stand apart as left behind: anybody may take them over, share or delete them, and nobody else
//! finds them by searching until then.

use requisition::catalogue::search::{Sought, office};
use requisition::composing::draft::Draft;
use requisition::composing::panels::{
    self, CheckedMember, Member, Offer, OfficePanel, PanelFault, Standing, check, folded_name, mend,
};
use requisition::store::{Favourite, PanelWrite, StoredPanel};
use uuid::Uuid;

use super::drafts::parse_id;
use super::settings::refused;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::panels::{BasketForm, FavouriteView, PanelForm, PanelSaved, PanelView, PanelsView, Whose};
use crate::views::HitView;

impl Controller {
    /// Panels and favourites, checked against the catalogues in use.
    ///
    /// # Errors
    /// When the store fails.
    pub fn panels(&self) -> Answer<PanelsView> {
        let here = self.here()?;
        let people: Vec<String> = here.people()?.into_iter().map(|person| person.id).collect();
        let person = here.signed_in()?;
        let me = person.as_ref().map(|person| &person.id);
        let gone = |owner: &Option<String>| owner.as_ref().is_some_and(|owner| !people.contains(owner));
        let stored = here.store.panels()?;
        let (left_behind, known): (Vec<_>, Vec<_>) = stored.into_iter().partition(|stored| gone(&stored.owner));
        let mine = known.into_iter().filter(|stored| stored.owner.is_none() || stored.owner.as_ref() == me);
        Ok(PanelsView {
            panels: mine.map(|stored| here.panel_view(stored)).collect(),
            left_behind: left_behind.into_iter().map(|stored| here.panel_view(stored)).collect(),
            favourites: here.favourite_views(me, gone)?,
            person: person.map(|person| person.name),
        })
    }

    /// Keeps a basket as a panel. Answers stay behind but for coded ones that are safe to copy.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] for a name that is none, or an empty basket.
    pub fn keep_basket(&self, form: BasketForm) -> Answer<PanelSaved> {
        let here = self.here()?;
        let draft: Draft = here.stored_draft(&form.draft)?.content;
        let panel = OfficePanel::of_draft(&form.name, &draft, &here.shelf.in_use().catalogues)?;
        let owner = here.owner(form.shared)?;
        match here.store.panel_named(owner.as_deref(), &panel.name)? {
            Some(taken) if form.replace.as_deref() != Some(taken.id.to_string().as_str()) => Ok(name_taken(&taken)),
            // A panel is found by the words it had.
            Some(taken) => {
                let panel = OfficePanel { words: taken.panel.words.clone(), ..panel };
                here.keep(taken.id, taken.revision, owner, panel, "panel_replaced")
            }
            None => here.keep(Uuid::now_v7(), 0, owner, panel, "panel_saved"),
        }
    }

    /// Saves an edited panel, or a new one.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`]; [`ErrorCode::Stale`] where somebody else was faster.
    pub fn save_panel(&self, form: PanelForm) -> Answer<PanelSaved> {
        let here = self.here()?;
        let before = form.id.as_deref().map(|id| here.visible_panel(id)).transpose()?;
        let catalogues = here.shelf.in_use();
        let member = |one: &crate::panels::MemberForm| {
            let kept = before.as_ref().and_then(|stored| {
                stored.panel.members.iter().find(|kept| kept.provider == one.provider && kept.service == one.service)
            });
            if let Some(kept) = kept {
                return Ok(Member { optional: one.optional, ..kept.clone() });
            }
            let (_, service) = catalogues
                .catalogues
                .orderable(&one.provider, &one.service)
                .ok_or_else(|| refused("members", "unknown"))?;
            Ok(Member {
                provider: one.provider.clone(),
                service: one.service.clone(),
                name: service.name.clone(),
                optional: one.optional,
                answers: std::collections::BTreeMap::new(),
            })
        };
        let members = form.members.iter().map(member).collect::<Answer<Vec<_>>>()?;
        let panel = OfficePanel { name: form.name.clone(), words: form.words.clone(), members }.checked()?;
        let owner = here.owner_after(before.as_ref(), form.shared)?;
        let id = before.as_ref().map_or_else(Uuid::now_v7, |stored| stored.id);
        match here.store.panel_named(owner.as_deref(), &panel.name)?.filter(|taken| taken.id != id) {
            Some(taken) => Ok(name_taken(&taken)),
            None => here.keep(id, form.revision, owner, panel, "panel_saved"),
        }
    }

    /// Shares a panel with the office, or makes it one's own; also one that was left behind.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::InvalidField`] where nobody is signed in.
    pub fn share_panel(&self, id: String, shared: bool) -> Answer<PanelSaved> {
        let here = self.here()?;
        let stored = here.visible_panel(&id)?;
        let owner = here.owner(shared)?;
        match here.store.panel_named(owner.as_deref(), &stored.panel.name)?.filter(|taken| taken.id != stored.id) {
            Some(taken) => Ok(name_taken(&taken)),
            None => {
                let act = if shared { "panel_shared" } else { "panel_made_own" };
                here.keep(stored.id, stored.revision, owner, stored.panel, act)
            }
        }
    }

    /// Makes a copy of a panel beside it, under a name that is free.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::InvalidField`] for a name that is none.
    pub fn duplicate_panel(&self, id: String, name: String) -> Answer<PanelSaved> {
        let here = self.here()?;
        let stored = here.visible_panel(&id)?;
        let owner = if stored.owner.is_none() { None } else { here.owner(false)? };
        let taken: Vec<String> = here.names(owner.as_deref())?;
        let panel = OfficePanel { name: free_name(&name, &taken), ..stored.panel }.checked()?;
        here.keep(Uuid::now_v7(), 0, owner, panel, "panel_saved")
    }

    /// Puts a withdrawn member's replacement in its place.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] where there is none.
    pub fn mend_panel(&self, id: String, provider: String, service: String) -> Answer<PanelSaved> {
        let here = self.here()?;
        let mut stored = here.visible_panel(&id)?;
        mend(&mut stored.panel, &provider, &service, &here.shelf.in_use().catalogues)?;
        here.keep(stored.id, stored.revision, stored.owner, stored.panel, "panel_mended")
    }

    /// Deletes a panel. What was added by it stays where it was added.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn delete_panel(&self, id: String) -> Answer<()> {
        let here = self.here()?;
        let stored = here.visible_panel(&id)?;
        let changes = here.store.delete_panel(stored.id, &here.who()?, now().timestamp())?;
        here.tell(changes);
        Ok(())
    }

    /// Marks or unmarks a favourite.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for a service that no catalogue has, [`ErrorCode::InvalidField`] where nobody is signed in.
    pub fn set_favourite(&self, provider: String, service: String, whose: Whose, favourite: bool) -> Answer<()> {
        let here = self.here()?;
        if whose == Whose::LeftBehind {
            return here.drop_left_favourite(&provider, &service);
        }
        let owner = here.owner(whose == Whose::Shared)?;
        let changes = if favourite {
            let in_use = here.shelf.in_use();
            let (_, found) =
                in_use.catalogues.service(&provider, &service).ok_or_else(|| CommandError::new(ErrorCode::NotFound))?;
            let one = Favourite { owner, name: found.name.clone(), provider, service };
            here.store.mark_favourite(&one, now().timestamp())?
        } else {
            here.store.unmark_favourite(owner.as_deref(), &provider, &service)?
        };
        here.tell(changes);
        Ok(())
    }
}

impl Workplace {
    /// Whose something is that is saved now: the office's, or of the one signed in.
    pub(super) fn owner(&self, shared: bool) -> Answer<Option<String>> {
        if shared {
            return Ok(None);
        }
        let me = self.signed_in()?.ok_or_else(|| refused("shared", "nobody"))?;
        Ok(Some(me.id))
    }

    /// Whose a panel is after an edit: sharing and unsharing change it, editing what was left behind does not.
    fn owner_after(&self, before: Option<&StoredPanel>, shared: bool) -> Answer<Option<String>> {
        match before {
            Some(stored) if stored.owner.is_none() == shared => Ok(stored.owner.clone()),
            Some(_) | None => self.owner(shared),
        }
    }

    /// A panel that the one signed in may see: shared, their own, or left behind by somebody.
    fn visible_panel(&self, id: &str) -> Answer<StoredPanel> {
        let stored = self.store.panel(parse_id(id)?)?;
        let visible = match &stored.owner {
            None => true,
            Some(owner) => {
                let me = self.signed_in()?.map(|person| person.id);
                me.as_ref() == Some(owner) || !self.people()?.iter().any(|person| person.id == *owner)
            }
        };
        if visible { Ok(stored) } else { Err(CommandError::new(ErrorCode::NotFound)) }
    }

    /// Panels that the one signed in may add: shared ones and their own.
    pub(super) fn own_panels(&self) -> Answer<Vec<StoredPanel>> {
        let me = self.signed_in()?.map(|person| person.id);
        let mine = |stored: &StoredPanel| stored.owner.is_none() || stored.owner == me;
        Ok(self.store.panels()?.into_iter().filter(mine).collect())
    }

    /// The same, as a draft takes them.
    pub(super) fn offers(&self) -> Answer<Vec<Offer>> {
        let own = self.own_panels()?.into_iter();
        Ok(own.map(|stored| Offer { id: stored.id.to_string(), panel: stored.panel }).collect())
    }

    /// Panels of the office as hits: those that fit what is typed, or all of them where nothing is.
    pub(super) fn panel_hits(&self, query: &str) -> Answer<Vec<HitView>> {
        let own = self.own_panels()?;
        let office_name = self.office()?.map(|office| office.name).unwrap_or_default();
        let hit = |stored: &StoredPanel| panel_hit(self.panel_view(stored.clone()), &office_name);
        if query.trim().is_empty() {
            return Ok(own.iter().map(hit).collect());
        }
        let in_use = self.shelf.in_use();
        let sought: Vec<Sought> = own.iter().map(|stored| sought(&stored.panel, &in_use.catalogues)).collect();
        let found = office(query, &sought).into_iter().map(|found| {
            let mut view = hit(&own[found.at]);
            super::search::explain(&mut view, &found.why);
            view
        });
        Ok(found.collect())
    }

    /// Favourites that are at hand for the one signed in: their own, then the office's.
    pub(super) fn favourites(&self) -> Answer<Vec<(String, String)>> {
        let me = self.signed_in()?.map(|person| person.id);
        let all = self.store.favourites()?;
        let of = |owner: &Option<String>| {
            let owner = owner.clone();
            all.iter().filter(move |one| one.owner == owner).map(|one| (one.provider.clone(), one.service.clone()))
        };
        let mut ordered: Vec<(String, String)> = me.iter().flat_map(|me| of(&Some(me.clone()))).collect();
        for one in of(&None) {
            if !ordered.contains(&one) {
                ordered.push(one);
            }
        }
        Ok(ordered)
    }

    /// Names of the panels of an owner.
    pub(super) fn names(&self, owner: Option<&str>) -> Answer<Vec<String>> {
        let all = self.store.panels()?.into_iter();
        Ok(all.filter(|stored| stored.owner.as_deref() == owner).map(|stored| stored.panel.name).collect())
    }

    fn keep(&self, id: Uuid, seen: u32, owner: Option<String>, panel: OfficePanel, act: &str) -> Answer<PanelSaved> {
        let write = PanelWrite { id, seen, owner: owner.as_deref(), panel: &panel, act };
        let changes = self.store.save_panels(&[write], &[], &self.who()?, now().timestamp())?;
        self.tell(changes);
        Ok(PanelSaved::Done { panel: self.panel_view(self.store.panel(id)?) })
    }

    fn panel_view(&self, stored: StoredPanel) -> PanelView {
        let members = check(&stored.panel, &self.shelf.in_use().catalogues);
        let mut providers: Vec<String> = Vec::new();
        for member in &members {
            if !providers.contains(&member.provider_name) {
                providers.push(member.provider_name.clone());
            }
        }
        PanelView {
            id: stored.id.to_string(),
            revision: stored.revision,
            shared: stored.owner.is_none(),
            missing: missing(&members),
            members,
            providers,
            updated: stored.updated_at.to_string(),
            updated_by: stored.updated_by,
            name: stored.panel.name,
            words: stored.panel.words,
        }
    }

    fn favourite_views(
        &self,
        me: Option<&String>,
        gone: impl Fn(&Option<String>) -> bool,
    ) -> Answer<Vec<FavouriteView>> {
        let in_use = self.shelf.in_use();
        let mut views: Vec<FavouriteView> = Vec::new();
        for one in self.store.favourites()? {
            let (mine, shared) = (one.owner.is_some() && one.owner.as_ref() == me, one.owner.is_none());
            let left_behind = gone(&one.owner);
            if !(mine || shared || left_behind) {
                continue;
            }
            let same = |view: &&mut FavouriteView| view.provider == one.provider && view.service == one.service;
            if let Some(known) = views.iter_mut().find(same) {
                known.mine |= mine;
                known.shared |= shared;
                known.left_behind = !(known.mine || known.shared);
                continue;
            }
            let stand_in = panels::OfficePanel {
                members: vec![Member {
                    provider: one.provider.clone(),
                    service: one.service.clone(),
                    name: if one.name.is_empty() { one.service.clone() } else { one.name },
                    optional: false,
                    answers: std::collections::BTreeMap::new(),
                }],
                ..OfficePanel::default()
            };
            for CheckedMember { provider, provider_name, service, name, standing, .. } in
                check(&stand_in, &in_use.catalogues)
            {
                views.push(FavouriteView {
                    provider,
                    provider_name,
                    service,
                    name,
                    mine,
                    shared,
                    left_behind,
                    standing,
                });
            }
        }
        Ok(views)
    }

    fn drop_left_favourite(&self, provider: &str, service: &str) -> Answer<()> {
        let people = self.people()?;
        for one in self.store.favourites()? {
            let left = one.owner.as_ref().is_some_and(|owner| !people.iter().any(|person| person.id == *owner));
            if left && one.provider == provider && one.service == service {
                let changes = self.store.unmark_favourite(one.owner.as_deref(), provider, service)?;
                self.tell(changes);
            }
        }
        Ok(())
    }
}

/// How many cannot be ordered.
pub(super) fn missing(members: &[CheckedMember]) -> u32 {
    let count = members.iter().filter(|member| member.standing != Standing::Offered).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A name that none of the taken ones has: as wished, or with the first number that makes it free.
pub(super) fn free_name(wished: &str, taken: &[String]) -> String {
    let free = |name: &String| !taken.iter().any(|known| folded_name(known) == folded_name(name));
    let longest = panels::LONGEST_NAME - 5;
    let short: String = wished.trim().chars().take(longest).collect();
    let numbered = (2..).map(|number: u32| format!("{short} {number}"));
    let whole = std::iter::once(wished.trim().to_owned());
    whole.chain(numbered).find(free).unwrap_or_default()
}

fn sought(panel: &OfficePanel, catalogues: &requisition::composing::Catalogues) -> Sought {
    let members = panel.members.iter().map(|member| {
        let known = catalogues.service(&member.provider, &member.service);
        known.map_or_else(|| member.name.clone(), |(_, service)| service.name.clone())
    });
    Sought { name: panel.name.clone(), words: panel.words.clone(), members: members.collect() }
}

fn panel_hit(panel: PanelView, office: &str) -> HitView {
    HitView {
        kind: "office_panel".into(),
        provider: String::new(),
        provider_name: office.to_owned(),
        department_name: requisition::catalogue::model::Text::default(),
        id: panel.id,
        name: panel.name,
        code: panel.members.iter().filter(|member| !member.optional).count().to_string(),
        material: panel.providers.join(", "),
        colour: None,
        fasting: false,
        in_draft: false,
        withdrawn: false,
        missing: panel.missing,
        replacement: None,
        elsewhere: Vec::new(),
        why: "panel".into(),
        matched: String::new(),
        ranges: Vec::new(),
    }
}

fn name_taken(taken: &StoredPanel) -> PanelSaved {
    PanelSaved::NameTaken { id: taken.id.to_string(), name: taken.panel.name.clone() }
}

impl From<PanelFault> for CommandError {
    fn from(fault: PanelFault) -> Self {
        refused(&fault.field, fault.reason)
    }
}
