import HeedAPI
import Reports

extension SpacePage {
    /// Models with where they come from, and the trainings that make them.
    var models: HTML {
        .all([
            isAdmin ? modelButtons : .nothing,
            jobList,
            view.models.isEmpty
                ? Parts.empty("No models yet") {
                    HTML(.p) {
                        let after = view.space.settings.retrainAfter
                        after > 0
                            ? "A training starts by itself after \(Parts.count(after)) pieces of feedback, or now with the button."
                            : "Trainings start when asked: with the button, or over the API."
                    }
                    Parts.command(curl("POST", "jobs", "{\"kind\":\"policy\"}"))
                } : modelTable,
        ])
    }

    private var modelButtons: HTML {
        HTML(.div, [.class("buttons")]) {
            for kind in ModelKind.allCases {
                Forms.button(
                    .path("spaces", space, "train"), csrf: session.csrf, "Train a \(kind.rawValue)",
                    id: "train-\(kind.rawValue)", fields: [("kind", kind.rawValue)])
                if view.models.contains(where: { $0.kind == kind && $0.status == .live }) {
                    Forms.button(
                        .path("spaces", space, "rollback"), csrf: session.csrf,
                        "Roll back the \(kind.rawValue)",
                        id: "rollback-\(kind.rawValue)", fields: [("kind", kind.rawValue)])
                }
            }
        }
    }

    private var jobList: HTML {
        let shown = view.jobs.filter { !$0.state.isFinal } + view.jobs.filter(\.state.isFinal).prefix(5)
        if shown.isEmpty { return .nothing }
        return HTML(.ul, [.class("jobs"), .set(.label, "Trainings")]) {
            for job in shown { self.job(job) }
        }
    }

    private func job(_ job: JobInfo) -> HTML {
        let kind = ["done": "good", "failed": "serious", "running": "busy"][job.state.rawValue] ?? "plain"
        let share = job.progress.isFinite ? min(max(job.progress, 0), 1) : 0
        return HTML(.li) {
            HTML(.div, [.class("job-head")]) {
                Parts.badge(job.state.rawValue, kind)
                " "
                HTML(.strong) { "\(job.kind.rawValue) \(job.method)" }
                " "
                HTML(.span, [.class("muted")]) { Parts.time(job.created) }
                if let model = job.model {
                    " → "
                    HTML(.a, [.href(.path("spaces", space, "models", model))]) { model }
                }
            }
            if !job.state.isFinal {
                HTML(
                    .progress,
                    [
                        .set(.max, "100"), .set(.value, "\(Int(share * 100))"),
                        .set(.label, "\(Int(share * 100))% done"),
                    ])
                if isAdmin {
                    Forms.button(
                        .path("spaces", space, "cancel"), csrf: session.csrf, "Cancel",
                        id: "cancel-\(job.id)",
                        fields: [("job", job.id)])
                }
            }
            if !job.message.isEmpty { HTML(.p, [.class("muted")]) { job.message } }
        }
    }

    private var modelTable: HTML {
        let rows = view.models.prefix(50).map { model -> [HTML] in
            [
                HTML(.a, [.href(.path("spaces", space, "models", model.id)), .id("model-\(model.id)")]) {
                    model.id
                },
                modelState(model), .text(model.method), .text(model.parent ?? "–"),
                .text(Parts.count(model.learned.learned)), metrics(model),
                HTML(.div, [.class("long")]) { model.verdict },
                promotion(model),
            ]
        }
        return Parts.table(
            "Models, newest first",
            [
                .init("Version"), .init("State"), .init("Method"),
                .init("After", help: "the version that was live then"),
                .init("Learnt from", number: true), .init("On held-out feedback"), .init("Verdict"),
                .init(""),
            ], Array(rows))
    }

    private func modelState(_ model: ModelInfo) -> HTML {
        .all([
            Parts.badge(model.status.rawValue, model.status == .live ? "good" : "plain"),
            model.stale.map { why in HTML(.span, [.class("badge warning"), .set(.title, why)]) { "retrain" } }
                ?? .nothing,
        ])
    }

    private func metrics(_ model: ModelInfo) -> HTML {
        HTML(.ul, [.class("plain")]) {
            for metric in model.metrics.sorted(by: { $0.key < $1.key }).prefix(6) {
                HTML(.li) { "\(metric.key) \(Parts.number(metric.value))" }
            }
        }
    }

    private func promotion(_ model: ModelInfo) -> HTML {
        guard isAdmin, model.status != .live else { return .nothing }
        return Forms.button(
            .path("spaces", space, "promote"), csrf: session.csrf, "Promote", id: "promote-\(model.id)",
            fields: [("model", model.id)], describe: "Promote \(model.id)")
    }
}
