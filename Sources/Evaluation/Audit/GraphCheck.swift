import Signals

/// Looks at which items were compared with which: lonely items, separate parts, perfect scores and weak
/// links.
struct GraphCheck {
    /// The comparisons below which an item counts as seldom compared.
    static let few = 5

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        draft.section("coverage", "Which items were compared")
        let graph = ItemGraph(data)
        guard !graph.members.isEmpty else {
            draft.section(
                "graph.parts", "Separate parts", absent: "There are no comparisons, rankings or choices.")
            return
        }
        let name = { (item: Int) in log.items[UInt32(item)] }
        seldom(graph, name, &draft)
        let parts = graph.parts()
        if parts.count == 1 {
            draft.add(
                "graph.parts", .ok, "Separate parts",
                "All \(Plain.count(graph.members.count, "item")) are connected by comparisons.",
                evidence: ["parts": 1, "items": Double(graph.members.count)])
        } else {
            draft.add(
                "graph.parts", .serious, "Separate parts",
                "The items fall into \(Plain.number(parts.count)) parts that were never compared with each "
                    + "other; the "
                    + "largest has \(Plain.count(parts[0].count, "item")), and "
                    + "\(Plain.list(parts[1].map(name))) "
                    + (parts[1].count == 1 ? "stands" : "stand") + " apart.",
                advice:
                    "Compare items across the parts, or rank within each part only; scores of different "
                    + "parts mean "
                    + "nothing to each other.",
                evidence: [
                    "parts": Double(parts.count), "items": Double(graph.members.count),
                    "largest": Double(parts[0].count),
                ],
                items: Array(parts.dropFirst().joined().prefix(100).map(name)))
        }
        perfect(graph, name, &draft)
        links(graph, parts, name, &draft)
    }

    private func seldom(_ graph: ItemGraph, _ name: (Int) -> String, _ draft: inout AuditDraft) {
        let sorted = graph.members.sorted { (graph.games[$0], $0) < (graph.games[$1], $1) }
        let rare = sorted.filter { graph.games[$0] < Self.few }
        let middle = graph.games[sorted[sorted.count / 2]]
        draft.add(
            "coverage.items", rare.isEmpty ? .ok : .note, "Comparisons per item",
            "Items have from \(Plain.number(graph.games[sorted[0]])) to "
                + "\(Plain.number(graph.games[sorted.last!])) "
                + "comparisons, half of them at most \(Plain.number(middle))"
                + (rare.isEmpty
                    ? "."
                    : "; \(Plain.count(rare.count, "item")) \(rare.count == 1 ? "has" : "have") fewer than "
                        + "\(Self.few), "
                        + "such as \(Plain.list(rare.map(name)))."),
            advice: rare.isEmpty ? "" : "Compare these more often, or expect wide intervals for them.",
            evidence: [
                "least": Double(graph.games[sorted[0]]), "median": Double(middle),
                "most": Double(graph.games[sorted.last!]), "seldom": Double(rare.count),
            ], items: Array(rare.prefix(100).map(name)))
    }

    private func perfect(_ graph: ItemGraph, _ name: (Int) -> String, _ draft: inout AuditDraft) {
        let never = graph.members.filter { graph.losses[$0] == 0 && graph.wins[$0] > 0 }
        let always = graph.members.filter { graph.wins[$0] == 0 && graph.losses[$0] > 0 }
        let strong = graph.strongParts()
        let loose = strong.count - graph.parts().count
        guard loose > 0 else {
            draft.add(
                "graph.perfect", .ok, "Perfect scores",
                "No item or group of items won or lost every comparison with the rest.",
                evidence: ["groups": 0])
            return
        }
        var facts: [String] = []
        if !never.isEmpty { facts.append("Never lost: \(Plain.list(never.map(name))).") }
        if !always.isEmpty { facts.append("Never won: \(Plain.list(always.map(name))).") }
        let groups = strong.dropFirst().filter { $0.count > 1 }
        if facts.isEmpty || !groups.isEmpty {
            facts.append("Some groups of items won or lost all comparisons with the others.")
        }
        draft.add(
            "graph.perfect", .warning, "Perfect scores",
            facts.joined(separator: " "),
            advice:
                "How far ahead or behind they are cannot be known: use a prior, read their intervals as "
                + "open-ended, and "
                + "compare them with closer rivals.",
            evidence: [
                "groups": Double(loose), "neverLost": Double(never.count), "neverWon": Double(always.count),
            ], items: (never + always).prefix(100).map(name))
    }

    private func links(
        _ graph: ItemGraph, _ parts: [[Int]], _ name: (Int) -> String, _ draft: inout AuditDraft
    ) {
        let bridges = graph.bridges()
        guard !bridges.isEmpty, graph.members.count > 2 else { return }
        let shown = bridges.map { "\(name($0.0)) and \(name($0.1))" }
        draft.add(
            "graph.bridges", .note, "Weak links",
            "Without the comparisons between \(Plain.list(Array(shown.prefix(3)))) "
                + (bridges.count > 3 ? "(and \(Plain.number(bridges.count - 3)) more such pairs) " : "")
                + "the items would fall apart.",
            advice: "Add comparisons across these links; everything known about one side rests on them.",
            evidence: ["bridges": Double(bridges.count)],
            items: bridges.prefix(50).flatMap { [name($0.0), name($0.1)] })
    }
}
