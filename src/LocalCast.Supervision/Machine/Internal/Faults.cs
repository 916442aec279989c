namespace LocalCast.Supervision.Internal;

/// <summary>Deals with an instance that lives and must not go on: it is killed, and who can take its place does.</summary>
internal sealed class Faults(Board board, Upgrades upgrades, Stopping stopping)
{
    internal void Fail(Node node, Instance instance, string fault)
    {
        if (instance.IsStopping)
        {
            return;
        }

        bool isOther = ReferenceEquals(instance, node.Other);
        if (isOther || (node.Order is null && upgrades.TryReplace(node, fault)))
        {
            stopping.Kill(node, instance, fault);
            if (isOther)
            {
                upgrades.OtherFailed(node, fault);
            }
        }
        else
        {
            stopping.Kill(node, instance, fault);
        }

        board.Spread(node);
    }
}
