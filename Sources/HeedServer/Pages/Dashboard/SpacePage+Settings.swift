import HeedAPI

extension SpacePage {
    /// Links that let people compare.
    var invitationSection: HTML {
        HTML(.section, [.class("panel"), .id("invitations"), .set(.labelledby, "invitations-title")]) {
            HTML(.h2, [.id("invitations-title")]) { "Invitations" }
            HTML(.p, [.class("lede")]) {
                "A link lets somebody compare without an account, until it ends or is revoked."
            }
            Forms.post(.path("spaces", space, "invite"), csrf: session.csrf, [.class("row")]) {
                Forms.line(
                    "Judge", "judge", id: "invite-judge",
                    hint: "For one person; empty: every visitor is a judge of their own.",
                    [.set(.maxlength, "200"), .set(.autocomplete, "off")])
                Forms.line(
                    "Hours", "hours", "168", id: "invite-hours",
                    [
                        .set(.type, "number"), .set(.min, "0.1"), .set(.max, "8760"), .set(.step, "any"),
                        .flag(.required),
                    ])
                HTML(.button, [.set(.type, "submit"), .id("invite-go")]) { "Make a link" }
            }
            if invitations.isEmpty {
                HTML(.p, [.class("muted")]) { "There is no invitation yet." }
            } else {
                HTML(.ul, [.class("invitations")]) {
                    for invitation in invitations.prefix(100) { self.invitation(invitation) }
                }
            }
        }
    }

    private func invitation(_ invitation: InvitationInfo) -> HTML {
        let isOver = invitation.revoked != nil || invitation.expires <= now
        let state = invitation.revoked != nil ? "revoked" : isOver ? "over" : "open"
        return HTML(.li) {
            HTML(.div) {
                Parts.badge(state, isOver ? "plain" : "good")
                " "
                HTML(.strong) { HTML(.bdi) { invitation.judge ?? "any visitor" } }
                HTML(.span, [.class("muted")]) {
                    " until "
                    Parts.time(invitation.expires)
                }
            }
            if !isOver {
                if let address = Address.local(invitation.path) {
                    HTML(.div, [.class("link-line")]) {
                        HTML(.a, [.href(address), .class("invitation-link")]) { origin + invitation.path }
                        Parts.copy(origin + invitation.path, "Copy the link")
                    }
                }
                Forms.button(
                    .path("spaces", space, "revoke-invitation"), csrf: session.csrf, "Revoke",
                    id: "revoke-\(invitation.id)", fields: [("id", invitation.id)])
            }
        }
    }

    /// How the space works.
    var settingsSection: HTML {
        let settings = view.space.settings
        func value(_ name: String, _ present: String) -> String { draft?[name] ?? present }
        return HTML(.section, [.class("panel"), .id("settings"), .set(.labelledby, "settings-title")]) {
            HTML(.h2, [.id("settings-title")]) { "Settings" }
            Forms.post(.path("spaces", space, "settings"), csrf: session.csrf, [.class("stack")]) {
                Forms.line(
                    "Question", "question", value("question", settings.question), [.set(.maxlength, "2000")])
                Forms.lines(
                    "Things to compare", "items", value("items", ItemsText.text(settings.items)), rows: 8,
                    hint:
                        "One a line: its name, or name: text. Or a JSON array of items with id, text, image, json."
                )
                Forms.lines(
                    "Actions to choose from", "actions",
                    value("actions", settings.actions.joined(separator: "\n")),
                    rows: 4, hint: "One a line.")
                HTML(.div, [.class("grid")]) {
                    Forms.choice(
                        "Comparisons are to find", "goal",
                        [("ranking", "the whole ranking"), ("best", "the best one")],
                        value("goal", settings.goal.rawValue))
                    Forms.choice(
                        "Shown side by side", "shown", (2...6).map { ("\($0)", "\($0)") },
                        value("shown", "\(settings.shown)"))
                    Forms.line(
                        "Policy", "policy", value("policy", settings.policy), hint: "An id, or ID:name=value."
                    )
                    Forms.line(
                        "Rewards", "rewards", value("rewards", settings.rewards.map(rewardsText) ?? ""),
                        hint: "The smallest and the largest, such as 0 1; empty: those seen.")
                    Forms.choice(
                        "A better model takes over", "promotion",
                        [("automatic", "by itself"), ("manual", "when promoted by hand")],
                        value("promotion", settings.promotion.rawValue))
                    Forms.line(
                        "Retrain after", "retrainAfter", value("retrainAfter", "\(settings.retrainAfter)"),
                        hint: "Pieces of feedback; 0: only when asked.",
                        [.set(.type, "number"), .set(.min, "0")])
                    Forms.line(
                        "Pause between trainings", "retrainPause",
                        value("retrainPause", plain(settings.retrainPause)),
                        hint: "Seconds.", [.set(.type, "number"), .set(.min, "0"), .set(.step, "any")])
                    Forms.choice(
                        "Votes that look odd", "suspects",
                        [("setAside", "wait aside"), ("count", "count all the same")],
                        value("suspects", settings.suspects.rawValue))
                    Forms.line(
                        "Keep feedback for", "retentionDays",
                        value("retentionDays", settings.retentionDays.map(plain) ?? ""),
                        hint: "Days; empty: for ever.",
                        [.set(.type, "number"), .set(.min, "0"), .set(.step, "any")])
                }
                HTML(.button, [.set(.type, "submit"), .id("settings-go")]) { "Save" }
            }
        }
    }

    private func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private func rewardsText(_ rewards: [Double]) -> String { rewards.map(plain).joined(separator: " ") }
}
