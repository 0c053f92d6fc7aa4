/// What is known of the graphs of a causal network.
public enum CausalGraphs: Sendable, Hashable, Codable {
    /// Nothing: they are learnt.
    case learned
    /// These, for nodes left alone and for nodes intervened on. An edge too many costs little, a missing one
    /// a lot.
    case given(observed: ParentGraph, intervened: ParentGraph)
}
