/// A policy that chooses two arms, and learns which of them was preferred.
///
/// The outcome is 1 where the first won, 0 where the second did, 0.5 for a tie, or a probability in
/// between.
public protocol DuelPolicy: Policy where Context == BanditContext, Action == Duel<Int>, Outcome == Double {}
